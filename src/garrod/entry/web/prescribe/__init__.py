"""The Prescribe page: a person, a medicine, one card, a signature."""
