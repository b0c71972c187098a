"""The resources of staff: the programme, the door, offers, money by hand, webhooks."""
