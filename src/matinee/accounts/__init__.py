"""Who uses the box office: users, passwords, sessions, codes, roles, and how often they may try."""
