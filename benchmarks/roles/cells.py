"""Plausible cells of a business's export, in the way of writing of its language."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date, timedelta

COMMA = ("de", "fr", "es", "it", "pt", "nl", "pl", "ru", "tr")  # languages with a decimal comma
DATES = {
    "en": ("%Y-%m-%d", "%Y-%m-%d %H:%M", "%d %b %Y"), "zh": ("%Y-%m-%d %H:%M:%S", "%Y/%m/%d", "%Y年%m月%d日"),
    "ja": ("%Y/%m/%d", "%Y-%m-%d %H:%M", "%Y年%m月%d日"), "ko": ("%Y-%m-%d", "%Y.%m.%d", "%Y-%m-%d %H:%M"),
    "th": ("%Y-%m-%d", "%d/%m/%Y"), "ar": ("%Y-%m-%d", "%d/%m/%Y"), "nl": ("%d-%m-%Y", "%Y-%m-%d"),
    "fr": ("%d/%m/%Y", "%Y-%m-%d"), "es": ("%d/%m/%Y", "%Y-%m-%d"), "it": ("%d/%m/%Y",), "pt": ("%d/%m/%Y",),
}  # fmt: skip
DOTTED = ("%d.%m.%Y", "%Y-%m-%d", "%d.%m.%Y %H:%M")
KEYS = (
    "C-{n:05d}", "{n:08d}", "KD{n:06d}", "{x:08x}", "{n}", "cus_{x:010x}", "M{n:04d}", "{n:05d}-{c}", "{x:08x}-{n:04x}",
    "{c}{c}{n:06d}",
)  # fmt: skip
FIRST = {
    "zh": "王李张刘陈杨赵黄周吴", "ja": "佐藤 鈴木 高橋 田中 伊藤 渡辺 山本 中村 小林 加藤", "ko": "김 이 박 최 정 강 조 윤 장 임",
    "ru": "Иван Анна Пётр Мария Олег Ольга Сергей Елена", "ar": "محمد أحمد فاطمة علي سارة خالد مريم يوسف",
    "th": "สมชาย สมหญิง ประเสริฐ มาลี วิชัย สุดา อนันต์ นารี",
}  # fmt: skip
LAST = {
    "zh": "伟 芳 娜 秀英 敏 静 丽 强 磊 军", "ja": "太郎 花子 健一 美咲 大輔 直美", "ko": "민준 서연 도윤 지우 하은 준서",
    "ru": "Иванов Петрова Сидоров Смирнова Кузнецов", "ar": "حسن إبراهيم محمود عبدالله صالح", "th": "ใจดี มีสุข รักไทย สุขใจ",
}  # fmt: skip
LATIN = "Anna Jonas Lucia Pierre Marta Kemal Sofia Lars Ines Paul Emma Noah Clara Hugo Elif Jan".split()
SURNAMES = "Meyer Rossi Garcia Dubois Nowak Yilmaz Silva Jansen Smith Brown Keller Ferri Lopez Petit Kaya Costa".split()
GOODS = {
    "zh": "绿茶礼盒 乌龙茶 陶瓷杯 茶巾 茶盘 普洱茶饼", "ja": "緑茶セット 湯呑み 急須 茶筒 抹茶 和菓子", "ko": "녹차 머그컵 찻잔 주전자 쿠키 홍차",
    "ru": "Чай зелёный|Кружка|Чайник|Печенье|Мёд|Блюдце", "ar": "شاي أخضر|كوب|إبريق|تمر|عسل|قهوة", "th": "ชาเขียว|แก้ว|กาน้ำชา|คุกกี้|น้ำผึ้ง|กาแฟ",
}  # fmt: skip
TOWNS = {
    "zh": "上海 北京 广州 杭州 成都", "ja": "東京 大阪 名古屋 札幌", "ko": "서울 부산 대구 인천", "ru": "Москва Казань Самара Омск",
    "ar": "الرياض جدة دبي القاهرة", "th": "กรุงเทพ เชียงใหม่ ขอนแก่น ภูเก็ต",
}  # fmt: skip
SOLD = {
    "en": "completed shipped delivered", "zh": "交易成功 已完成 已发货", "de": "abgeschlossen versendet bezahlt",
    "fr": "livrée expédiée payée", "es": "entregado enviado pagado", "it": "consegnato spedito pagato",
    "pt": "entregue enviado pago", "nl": "afgerond verzonden betaald", "pl": "zrealizowane wysłane opłacone",
    "ru": "выполнен доставлен оплачен", "tr": "tamamlandı kargolandı ödendi", "ja": "発送済み 完了 入金済み",
    "ko": "배송완료 구매확정 결제완료", "ar": "مكتمل تم الشحن", "th": "สำเร็จ จัดส่งแล้ว",
}  # fmt: skip


class Cells:
    """Draws cells of one file; ``rng`` decides all of them."""

    def __init__(self, rng: random.Random, language: str) -> None:
        self.rng, self.language = rng, language
        self.comma = language in COMMA and rng.random() < 0.7
        self.day_format = rng.choice(DATES.get(language, DOTTED))
        self._key = rng.choice(KEYS)

    def words(self, lists: dict[str, str], otherwise: str) -> list[str]:
        """Return the words of this language, or those of another."""
        text = lists.get(self.language, otherwise)
        return text.split("|") if "|" in text else list(text) if " " not in text else text.split()

    def keys(self, n: int, pattern: str | None = None) -> list[str]:
        """Return ``n`` different keys of one look."""
        start, letters = self.rng.randrange(1000, 9000), "ABCDEFGHKLMN"
        shape = pattern or self._key
        return [
            shape.format(n=start + 7 * i, x=self.rng.getrandbits(40), c=letters[(start + i) % len(letters)])
            for i in range(n)
        ]

    def money(self, low: float = 5, high: float = 400) -> str:
        """Return an amount with two decimals, as the language writes it."""
        text = f"{self.rng.uniform(low, high):.2f}"
        return text.replace(".", ",") if self.comma else text

    def day(self, first: date = date(2024, 1, 1), span: int = 300) -> str:
        """Return a day, in the form that the file uses."""
        on = first + timedelta(days=self.rng.randrange(span))
        form = self.day_format.replace("%H", f"{self.rng.randrange(9, 21):02d}")
        return on.strftime(form.replace("%M", f"{self.rng.randrange(60):02d}").replace("%S", "17"))

    def people(self, n: int) -> list[str]:
        """Return ``n`` names of people, some of them alike."""
        first, last = self.words(FIRST, " ".join(LATIN)), self.words(LAST, " ".join(SURNAMES))
        glue = "" if self.language in ("zh", "ko") else " "
        return [self.rng.choice(first) + glue + self.rng.choice(last) for _ in range(n)]

    def emails(self, n: int) -> list[str]:
        """Return ``n`` different e-mail addresses."""
        return [f"{self.rng.choice(LATIN).lower()}{i + 11}@example.com" for i in range(n)]

    def phones(self, n: int) -> list[str]:
        """Return ``n`` different phone numbers."""
        if self.language == "zh":
            return [f"138{self.rng.randrange(10**7, 10**8)}" for _ in range(n)]
        return [f"+49 151 {self.rng.randrange(10**6, 10**7)}" for _ in range(n)]

    def firms(self, n: int) -> list[str]:
        """Return ``n`` names of firms."""
        ends = {"zh": "有限公司", "ja": "株式会社", "ru": " ООО"}.get(self.language, " GmbH")
        return [f"{self.rng.choice(SURNAMES)} {i + 2}{ends}" for i in range(n)]

    def pick(self, values: Sequence[str]) -> str:
        """Return one of the values, the first ones more often."""
        return values[min(int(self.rng.expovariate(2.5 / len(values))), len(values) - 1)]
