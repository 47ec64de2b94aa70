"""How much a file may ask for before it is refused."""

from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict, Field

from extractors.errors import FileTooLarge, ImageTooLarge, TooManyPages


class OpeningLimits(BaseModel):
    """What a file may hold; all are checked by what it declares, before anything is decoded."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    most_bytes: int = Field(default=100_000_000, gt=0, description="largest file, in bytes")
    most_pages: int = Field(default=300, gt=0, description="most pages of one fax")
    most_page_px: int = Field(default=80_000_000, gt=0, description="most pixels of one page")
    most_total_px: int = Field(default=2_500_000_000, gt=0, description="most pixels of all pages together")
    pdf_seconds: int = Field(
        default=60, gt=0, description="time that drawing one chunk of PDF pages may take"
    )

    def check_bytes(self, count: int) -> None:
        """Refuses a file of too many bytes.

        Raises:
            FileTooLarge: more than ``most_bytes``.
        """
        if count > self.most_bytes:
            raise FileTooLarge(
                f"The file has {count:,} bytes, more than {self.most_bytes:,}: split it, or raise the limit."
            )

    def check_pages(self, count: int) -> None:
        """Refuses a file of too many pages.

        Raises:
            TooManyPages: more than ``most_pages``.
        """
        if count > self.most_pages:
            raise TooManyPages(
                f"The fax has {count:,} pages, more than {self.most_pages:,}: split it, or raise the limit."
            )

    def check_sizes(self, sizes_px: Sequence[tuple[int, int]]) -> None:
        """Refuses pages of too many pixels.

        Raises:
            ImageTooLarge: a page, or all pages together, are over the limit.
        """
        for number, (width, height) in enumerate(sizes_px, 1):
            if width * height > self.most_page_px:
                raise ImageTooLarge(
                    f"Page {number} declares {width} x {height} pixels, more than {self.most_page_px:,}: "
                    "ask for it as a fax or at 200 dpi, or raise the limit."
                )
        total = sum(width * height for width, height in sizes_px)
        if total > self.most_total_px:
            raise ImageTooLarge(
                f"The pages declare {total:,} pixels together, more than {self.most_total_px:,}: "
                "split the file, or raise the limit."
            )
