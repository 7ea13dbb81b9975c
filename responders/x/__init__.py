"""The channel X: hears the mentions of the brand's account and replies to them."""
