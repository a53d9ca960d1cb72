"""Setting Chinese text: fonts with a chain for rare characters, line breaking, and the page it is drawn on."""
