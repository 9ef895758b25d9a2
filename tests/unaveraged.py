"""A picture as MediaPipe looks at it."""

from handpose.networks.pictures import Picture


class Unaveraged(Picture):
    """Whose crops are sampled from the image itself, however much they shrink it."""

    def level(self, shrink):
        return super().level(1)
