"""The answer at the moment of a decision: advice, what is clear, what was not assessed."""
