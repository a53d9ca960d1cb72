"""The window: PySide6 over `actions`, and nothing else. Widgets ask, actions act."""
