import json
from dataclasses import replace

from assize.policy import service
from assize.policy.models import Place
from builders.policy import a_clause, a_pack, a_version

STARTER = service.load("starter")


class TestBody:
    def test_comes_back_as_it_went(self):
        body = json.loads(json.dumps(service.body_of(STARTER)))

        assert service.pack_from(body) == STARTER

    def test_of_a_version_is_the_body_of_its_pack(self):
        pack = a_pack()

        assert service.body_of(a_version(pack)) == service.body_of(pack)

    def test_leaves_out_where_things_stood(self):
        moved = replace(STARTER, places={"clause:CSE-1": Place(file="elsewhere.toml")})

        assert service.hash_of(moved) == service.hash_of(STARTER)


class TestHash:
    def test_changes_with_one_word(self):
        assert service.hash_of(a_pack()) != service.hash_of(a_pack(a_clause(title="One word")))

    def test_does_not_depend_on_the_order_of_keys(self):
        body = service.body_of(STARTER)
        turned = dict(reversed(list(body.items())))

        assert service.hash_of(service.pack_from(turned)) == service.hash_of(STARTER)
