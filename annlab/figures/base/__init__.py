"""Parts shared by all figures: builder, layout, theme, axes, notes."""
