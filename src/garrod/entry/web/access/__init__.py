"""The access history of a person: who looked, why, at what and when, each line with its proof."""
