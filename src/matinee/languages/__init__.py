"""The languages of pages, mails and tickets: catalogs of messages, how dates and money are written, and in which fonts."""
