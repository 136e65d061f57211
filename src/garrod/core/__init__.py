"""The words every floor shares: identifiers, quantities, people, variants, findings, advice."""
