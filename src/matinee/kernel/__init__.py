"""What every other room stands on: money, the clock, random codes, the kinds of refusal. Standard library only."""
