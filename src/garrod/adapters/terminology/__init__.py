"""What codes mean, as far as it is loaded: code systems, value sets, concept maps."""
