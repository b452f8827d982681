"""The topics of the menu (service standard LC2), in the order in which a customer sees them.

``for_people``: choosing the topic hands the case to an officer at once, with this reason.
"""

from enum import StrEnum


class Topic(StrEnum):
    """What a case is about, as the customer picked it."""

    EXPORT_START = "export_start"  # starting to export
    DOCUMENTS = "documents"  # documents and rules
    MARKETS = "markets"  # markets and statistics
    FAIRS = "fairs"  # fairs and activities
    IMPORTERS = "importers"  # finding importers
    MEMBERSHIP = "membership"  # membership and training
    COMPLAINT = "complaint"  # complaint or trade dispute
    OFFICER = "officer"  # talk to an officer


FOR_PEOPLE: dict[Topic, str] = {Topic.COMPLAINT: "complaint", Topic.OFFICER: "customer_asked"}
