"""A page with two phones, one with LINE and one with Messenger, on which a person plays the customer.

``line_phone`` and ``messenger_phone`` are what one customer does and sees; ``line_watch`` and ``messenger_watch`` write
down every call of the desk beside them; ``server`` shows both in a browser. The rules are those of the fakes.
"""
