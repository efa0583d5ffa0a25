"""The list of pictures: a grid, or by choice a table; newest first."""

from informed_comment.long_lists import LongList

VIEW, TABLE = "view", "table"


class ImageList(LongList):
    """Paged as every long list; `?view=table` is no question about the rows."""

    def get_filters_params(self, params=None):
        asked = super().get_filters_params(params)
        asked.pop(VIEW, None)
        return asked

    @property
    def is_table(self):
        return self.params.get(VIEW) == TABLE

    @property
    def as_table(self):
        return self.get_query_string({VIEW: TABLE})

    @property
    def as_grid(self):
        return self.get_query_string(remove=[VIEW])
