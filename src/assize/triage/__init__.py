"""Triage: how grave, how urgent, which queue.

Signals and rules turn events into clause scores; these open cases, or join those that are open; each case has a
provisional severity, a response mode, a queue and a place in one gravest-first order.

Owns the tables of schema `triage`: case, case_event, case_subject, case_key, feature_record, rule, rule_stat,
rule_hit, rule_trial, counter, trace, near_duplicate, bank, bank_item, bank_ground, lowering, parked, flow_hour.
Announces CaseOpened, CaseRaised, CaseGrew, CaseReopened, CaseDecided, CaseClosed, CaseMoved, CaseRestricted,
SeverityAssessed, LoweringProposed, RuleChanged, RuleTried, RuleFailed, SignalFailed, EventParked, BankChanged.
"""
