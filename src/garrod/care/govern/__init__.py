"""Who may change the knowledge in force: approvals, and the guard over the hardest rules."""
