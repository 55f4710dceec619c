"""Rules in CEL over declared, typed, flat fields, through Google's C++ engine.

One meaning of absence: a rule that reads a field which is not there is *not applicable*, and the field is named.
`has(field)` asks without reading. No rule's answer ever depends on its neighbours.

    fields = Fields({"account.age_days": FieldType.INT, "terms": FieldType.STRINGS})
    problems = check(fields, [Rule(id="young", expression="account.age_days < 3")])
    answer = RuleSet(fields, rules).run({"account.age_days": 2, "terms": []})

Not one program for each rule (4.7k events/s for 100 rules), and not one list of all rules unguarded (one absent field
fails them all): rules are indexed by what they can't do without, and fused by the fields they need.
"""

from assize.platform.cel.check import Problem, Rule, check
from assize.platform.cel.fields import Fields, FieldType
from assize.platform.cel.ruleset import Answer, Failure, RuleSet

__all__ = ["Answer", "Failure", "FieldType", "Fields", "Problem", "Rule", "RuleSet", "check"]
