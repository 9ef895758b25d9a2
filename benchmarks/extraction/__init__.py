"""Our extractor beside MediaPipe's graph."""
