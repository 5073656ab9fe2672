"""What all pictures share: builder, layout, theme, axes, notes."""
