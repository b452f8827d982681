"""The web chat as a channel: the page reads committed messages itself, so a committed row is already delivered."""

from connectors.contract import OutboundMessage, Receipt


class WebChatChannel:
    """Messages to the page of ``GET /chat``."""

    name = "webchat"
    keyed = True
    pulled = True

    async def send(self, message: OutboundMessage) -> Receipt:
        """Confirm: the page reads the stored message by its seq."""
        return Receipt()

    async def close(self) -> None:
        """Nothing is open."""
