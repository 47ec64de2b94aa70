"""The glyph wall: everything that was read as the same short value, side by side."""
