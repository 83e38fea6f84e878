"""Texts in every encoding come back letter for letter, and a doubtful guess says so."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.errors import AnalysisError
from analysis.intake.reading.encodings import CHOICES, SURE, decode, plausibility, readings
from analysis.intake.reading.read import read_file
from tests.thorough import examples

CHINESE = "会员号,姓名,商品,金额\n001,张三,龙井茶叶（礼盒）,128.00\n002,欧阳娜娜,铁观音,￥88\n"
TAIWANESE = "會員編號,姓名,商品,金額\n001,張三,龍井茶葉（禮盒）,128.00\n002,歐陽,鐵觀音,88\n"
JAPANESE = "会員番号,氏名,商品,金額\n001,山田太郎,お茶セット,128\n002,鈴木花子,コーヒー,88\n"
FRENCH = "client;date;montant;note\nMüller;05/01/2024;12,50 €;café crème\nJosé Núñez;06/01/2024;8,00 €;à l’été\n"
GERMAN = "Kundennr;Datum;Betrag;Straße\n1;05.01.2024;12,5;Größe Äpfel\n2;06.01.2024;1,5;Übung\n"
KOREAN = "회원번호,주문일,금액,지역,상품\n1,2024-01-02,3000,서울,녹차\n2,2024-02-01,500,부산,커피\n3,,3,대구,홍차\n"
RUSSIAN = "Клиент,Дата,Сумма,Город\n1,2024-01-02,3000,Москва\n2,2024-02-01,500,Казань\n"
EASTERN = [
    (RUSSIAN, "cp1251"), ("ЗАКАЗ;ГОРОД\n1;МОСКВА\n2;КАЗАНЬ\n", "cp1251"), ("Шевченко;Київ;їжа;сплачено\n", "cp1251"),
    (RUSSIAN, "koi8_r"), ("Иванов;Москва;книга;оплачен\n", "koi8_r"), ("заказ;город\n1;москва\n2;казань\n", "koi8_r"),
    ("Şahin;İstanbul;çay\nYılmaz;Muğla;ödendi\nÖztürk;Eskişehir;iade\n", "cp1254"),
    ("เลขที่;ลูกค้า;ยอดรวม\n1;สมชาย ใจดี;20\n2;ประเสริฐ;30\n", "cp874"),
    ("رقم;العميل;المبلغ\n1;محمد علي;20\n2;فاطمة حسن;30\n", "cp1256"),
    ("Kowalski;Łódź;zażółć gęślą jaźń\nNowak;Kraków;płatność;wysłano\n", "cp1250"), ("Kowalski;Łódź\n", "cp1250"),
    ("Novák;Příbram;žluťoučký kůň\nDvořák;Plzeň;zboží\n", "cp1250"),
    ("Ionescu;Iaşi;plată\nStăn;cărţi\nŢară;România;oraş;fată\n", "cp1250"),
    ("Kovács;Győr;könyv\nTóth;Székesfehérvár;gyűrű\n", "cp1250"),
    ("Kovačić;Čakovec;žuta\nĐurđević;Šibenik\n", "cp1250"),
]  # fmt: skip
NOT_GUESSED = [
    ("Παπαδόπουλος;Αθήνα;βιβλίο\n", "cp1253"), ("כהן;ירושלים;תל אביב\n", "cp1255"),
]  # fmt: skip
UNICODE = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32")
CASES = [
    *((CHINESE, name) for name in UNICODE),
    (CHINESE, "gbk"), (CHINESE, "gb18030"),
    (TAIWANESE, "big5"), (TAIWANESE, "utf-8"), (JAPANESE, "shift_jis"), (JAPANESE, "cp932"), (KOREAN, "euc_kr"),
    *((text, name) for text in (FRENCH, GERMAN) for name in ("cp1252", "mac_roman", "utf-8")),
    ("id,name\n1,Zoë\n2,Ann\n", "mac_roman"), ("id,name\n1,Zoë\n2,Ann\n", "cp1252"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "name"), CASES, ids=[f"{i}-{name}" for i, (_, name) in enumerate(CASES)])
def test_the_text_comes_back(text: str, name: str) -> None:
    found = decode(text.encode(name))
    assert found.text.lstrip("\ufeff") == text
    assert SURE <= found.plausibility <= 1


@pytest.mark.parametrize(("text", "name"), CASES[6:], ids=[f"{i}-{name}" for i, (_, name) in enumerate(CASES[6:])])
def test_a_long_text_is_told_by_all_of_it_and_not_by_its_beginning(text: str, name: str) -> None:
    content = b"id,day,sum,x\n" * 60_000 + text.encode(name) * 40
    assert decode(content).text.endswith(text)


@pytest.mark.parametrize("cut", range(1, 12))
def test_a_file_cut_off_within_a_character_is_still_utf_8(cut: int) -> None:
    found = decode((CHINESE * 20).encode()[:-cut])
    assert found.encoding == "utf-8" and found.plausibility > 0.98
    assert found.text.startswith("会员号")


def test_a_doubtful_guess_has_a_low_plausibility_and_no_row_is_lost() -> None:
    [table] = read_file("id,name\n1,é\n".encode("cp1252"), name="a.csv")
    assert table.plausibility < SURE and table.n_rows == 1
    assert plausibility(CHINESE.encode("gbk").decode("cp1252", "replace"), "cp1252") < SURE
    assert plausibility(GERMAN.encode("cp1252").decode("mac_roman"), "mac_roman") < SURE


def words(text: str) -> list[str]:
    return [cell for cell in re.split("[,;\n]", text) if not cell.isascii()]


@pytest.mark.parametrize(
    ("text", "name", "wrong"),
    [(RUSSIAN, "cp1251", "cp1252"), (CHINESE, "gb18030", "mac_roman"), (KOREAN, "euc_kr", "gb18030"),
     (JAPANESE, "cp932", "mac_roman"), (GERMAN, "cp1252", "mac_roman")],
)  # fmt: skip
def test_what_a_wrong_encoding_garbled_is_read_again_in_the_right_one_first(text: str, name: str, wrong: str) -> None:
    first, *others = readings(words(text.encode(name).decode(wrong)), wrong)
    assert (first.encoding, list(first.sample)) == (name, words(text))
    assert all(other.sample != first.sample and other.plausibility <= first.plausibility for other in others)


@pytest.mark.parametrize(("text", "name"), EASTERN)
def test_eastern_europe_comes_back_and_few_letters_are_not_sure(text: str, name: str) -> None:
    found = decode(text.encode(name))
    assert (found.text, found.encoding) == (text, name)
    assert (found.plausibility < SURE) == (len(text) < 20)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Sprzedaż;Kwota\nŁódź;1\u00a0234,50\nŻółty „Kłos”;2\u00a0050,00\nPłatność;3\u00a0100,00 €\n", "cp1250"),
        (
            "Libellé;Réglé\nÉpicé;1\u00a0234\nCafé à la crème;2\u00a0050\nÀ régler;3\u00a0100\nDéjà;été;forêt\n",
            "cp1252",
        ),
        ("Покупатель;Сумма\nООО «Ромашка»;1\u00a0234,50\n№ 5;2\u00a0050,00\nИП — Иванов;3\u00a0100,00\n", "cp1251"),
    ],
)
def test_blanks_in_numbers_and_quotes_tell_no_encoding(text: str, name: str) -> None:
    found = decode(text.encode(name))
    assert (found.text, found.encoding) == (text, name) and found.plausibility >= SURE


@pytest.mark.parametrize(
    ("text", "name", "read_as"),
    [
        ("město,počet\nPříbram,1\nPlzeň,2\nKladno,3\n", "cp1250", "cp1250"),
        ("city,count\nPříbram,1\nPlzeň,2\n", "cp1250", "cp1250"),
        ("id,name\n1,Muñoz\n2,Peña\n", "cp1252", "cp1252"),  # Polish has one of the letters in its place
        ("주문번호,금액,지역\n1,5,서울\n", "euc_kr", "gb18030"),
    ],
)  # fmt: skip
def test_few_words_that_two_encodings_read_as_words_are_doubtful(text: str, name: str, read_as: str) -> None:
    found = decode(text.encode(name))
    assert found.encoding == read_as and found.plausibility < SURE
    assert name in {found.encoding, *(other.encoding for other in readings(words(found.text), read_as))}


@pytest.mark.parametrize(
    "text",
    [
        "id,name\n" + "".join(f"{i},{name}\n" for i, name in enumerate(["Muñoz", "Núñez", "Ibáñez"])),
        "id,by\n1,Tromsø\n2,Ålesund\n3,Bodø\n", "id,name\n1,Müller\n2,Weiß\n", "id,ville\n1,Besançon\n2,Orléans\n",
    ],
)  # fmt: skip
def test_western_words_that_are_none_in_the_east_are_sure(text: str) -> None:
    found = decode(text.encode("cp1252"))
    assert (found.text, found.encoding) == (text, "cp1252") and found.plausibility >= SURE


@pytest.mark.parametrize(("text", "name"), NOT_GUESSED)
def test_an_alphabet_that_is_not_guessed_does_not_pass_for_another(text: str, name: str) -> None:
    assert decode(text.encode(name)).plausibility < SURE


def test_hanzi_whose_bytes_could_be_hangul_stay_chinese_while_they_are_few() -> None:
    text = "单号,金额,地区\n1,5,北京\n"
    assert decode(text.encode("gbk")).encoding == "gb18030" and text.encode("gbk").decode("euc_kr") != text


@pytest.mark.parametrize("name", CHOICES)
def test_every_choice_is_an_encoding_that_reads_what_it_wrote(name: str) -> None:
    [table] = read_file("id,day,sum\n1,2024-01-01,3\n".encode(name), encoding=name)
    assert (table.encoding, table.columns) == (name, ("id", "day", "sum"))


def test_an_encoding_that_does_not_fit_or_exist_is_refused() -> None:
    for content, name in ((CHINESE.encode("gbk"), "utf-8"), (b"a,b\n1,2\n", "klingon"), (b"a,b\n12\n", "utf-16-le")):
        with pytest.raises(AnalysisError, match="encoding_wrong"):
            decode(content, encoding=name)


@examples(40)
@given(
    st.text(
        st.sampled_from("会员号订单日期金额茶叶张三李四王五的一是不了在人有我他这中大来上国"), min_size=8, max_size=60
    )
)
def test_common_hanzi_in_gbk_are_never_taken_for_something_else(text: str) -> None:
    assert decode(f"会员号,备注\n1,{text}\n".encode("gbk")).text.endswith(f"{text}\n")


@examples(40)
@given(st.binary(min_size=1, max_size=200))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    try:
        found = decode(content)
    except AnalysisError as refusal:
        assert refusal.code == "encoding_unknown"
    else:
        assert 0 <= found.plausibility <= 1


@pytest.mark.parametrize(
    "text",
    [
        "顧客番号,注文日,金額\n1001,2024-01-02,300\n1002,2024-01-03,450\n",
        "会員番号,購入日,商品名,数量,単価\n1,2024-01-02,tea,1,300\n",
        "注文番号,氏名,住所,合計金額\n1,田中太郎,東京都港区,300\n2,鈴木一郎,大阪府,450\n",
    ],
)
def test_kanji_without_kana_are_japanese_when_they_are_words_of_its_tables(text: str) -> None:
    for name in ("cp932", "euc_jp"):
        found = decode(text.encode(name))
        assert (found.text, found.encoding) == (text, name)


def test_signs_that_windows_adds_to_shift_jis_are_read() -> None:
    text = "注文番号,顧客,金額\n1,髙木①,300\n2,山﨑,450\n"
    assert decode(text.encode("cp932")).text == text


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("会员编号,下单日期,金额\n1,2024-01-02,300\n", "gb18030"),
        ("會員編號,訂單日期,商品,金額,數量\n1,2024-01-02,茶,300,1\n", "big5"),
        ("Kundennummer,Straße,Größe\n1,Königsallee,5\n", "cp1252"),
    ],
)
def test_the_words_of_japanese_tables_draw_no_other_text_to_them(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding)).text == text


@pytest.mark.parametrize("word", ["Gift card £25", "Café", "Ñandú 7"])
@pytest.mark.parametrize("place", [0, 41_000, 59_999])
def test_one_rare_accent_in_a_large_file_tells_its_encoding(word: str, place: int) -> None:
    lines = [f"{number},C{number % 70},2025-03-{1 + number % 28:02d},Cup,{number % 90}.5\n" for number in range(60_000)]
    lines[place] = f"{place},C1,2025-03-01,{word},9.50\n"
    found = decode("".join(lines).encode("cp1252"))
    assert found.encoding == "cp1252"
    assert found.text == "".join(lines)


@pytest.mark.parametrize(("first", "second", "name"), [(CHINESE, CHINESE, "gbk"), (FRENCH, GERMAN, "cp1252")])
def test_lines_of_another_encoding_appended_to_utf_8_are_read_in_their_own(first: str, second: str, name: str) -> None:
    found = decode(first.encode() + second.encode(name))
    assert found.text == first + second
    assert (found.encoding, found.other) == ("utf-8", {"gbk": "gb18030"}.get(name, name))
    assert found.n_other == sum(not line.isascii() for line in second.split("\n"))


def test_a_file_of_one_encoding_mixes_none() -> None:
    for text, name in CASES:
        assert decode(text.encode(name) * 3).n_other == 0
    assert decode("会员,性别\nA,女\nB,男\nC,女\nD,女\n联通,女\n".encode("gbk")).n_other == 0
