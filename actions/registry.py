"""All custom actions of the assistant, ready for the action server; their names are in nlu_data/domain/actions.yml."""

from rasa_sdk import Action

from actions.contact import ContactDetails
from actions.knowledge import AskedOnOrElse, SearchArticles, ShowArticle
from actions.misunderstanding import NotUnderstood
from actions.people import Affirm, AskAgent
from actions.readiness import RecordReadiness, ValidateReadinessForm
from actions.replies import Search
from actions.session import SessionStart
from actions.topics import PickTopic


def build(search: Search) -> list[Action]:
    """Return one instance of each action; the search over CKS is the only thing they need."""
    return [
        SessionStart(),
        SearchArticles(search),
        ShowArticle(search),
        AskedOnOrElse(search),
        PickTopic(search),
        AskAgent(search),
        Affirm(search),
        ContactDetails(search),
        NotUnderstood(search),
        RecordReadiness(search),
        ValidateReadinessForm(search),
    ]
