"""Officers can label with every intent that there is, and with no other."""

import yaml

from bot.domain.intents import intent_names, load_intents
from bot.settings import ROOT


def test_every_intent_of_the_domain_has_one_name() -> None:
    domain = yaml.safe_load((ROOT / "nlu_data" / "domain" / "domain.yml").read_text(encoding="utf-8"))

    assert set(intent_names()) == set(domain["intents"])
    assert sum(len(group.names) for group in load_intents()) == len(intent_names())
    assert len(set(intent_names().values())) == len(intent_names())
