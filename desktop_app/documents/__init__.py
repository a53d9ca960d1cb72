"""Official letters: from their words to paper, and what goes with them."""
