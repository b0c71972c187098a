"""The layouts of the demonstration's halls."""
