"""The studio: a web page on one's own machine to collect, train, try and take away gestures."""
