"""The languages of pages, mails and tickets: catalogs of messages, and how dates and money are written."""
