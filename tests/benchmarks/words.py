"""Words for corpora that are made up: names, labels and turns of phrase in several scripts.

Owns the word lists and how they are put together. Nothing here comes from an article.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence
    from random import Random


def listed(text: str) -> list[str]:
    """Split a line of words."""
    return text.split()


LANGUAGES: Final = ("en", "en", "en", "en", "uk", "uk", "pl", "zh", "de", "tr", "ar", "fr")
"""The languages of articles, each as often as it is to be drawn."""

_GIVEN: Final = {
    "en": listed("Ada Ben Clara Dora Edwin Fiona Grace Harold Iris Jonas Keith Lydia Martin Nora Oscar Paula"),
    "uk": listed("Олена Остап Ярина Богдан Катерина Назар Соломія Тарас Ївга Єлисей Ґалина Устим"),
    "pl": listed("Zofia Łucja Michał Błażej Świętosława Żaneta Józef Małgorzata Kazimierz Bożena Stanisław"),
    "zh": ["晓明", "丽华", "建国", "秀英", "志强", "雨桐", "子轩", "文静", "国栋", "海燕"],
    "de": listed("Jürgen Käthe Björn Grete Sönke Änne Götz Ulrike Matthäus Wiebke"),
    "tr": listed("Çağla Şirin Oğuz Gülşah İlker Ömer Ümit Yıldız Doğan Işıl"),
    "ar": ["ليلى", "يوسف", "مريم", "خالد", "نورة", "سامي", "هالة", "طارق"],
    "fr": listed("Zoé Gaël Noémie Loïc Hélène Théo Françoise Benoît Aurélie Jérôme"),
}
_FAMILY: Final = {
    "en": listed("Marsh Okoro Vale Brook Harrow Tindall Penrose Quill Ashby Loxley Winter Drummond Fenwick Hale"),
    "uk": listed("Коваленко Дніпровий Грінченко Щербань Яворська Їжакевич Ґудзь Тополя Сірко Вишня Задорожна"),
    "pl": listed("Wiśniewska Łopata Żurawski Dąbek Ślusarz Grzęda Jabłoński Źródlak Kaczyński-Maj Cieślik"),
    "zh": ["王", "李", "张", "刘", "陈", "欧阳", "司马", "赵"],
    "de": listed("Grünwald Mühlbach Schäfer Österreicher Weiß Köhler Lüders Strauß"),
    "tr": listed("Yılmazer Çelikoğlu Şahinbaş Güneş Öztürkmen Kılıç Aydın Ağaoğlu"),
    "ar": ["المنصوري", "الزهراني", "بن سليمان", "القاضي", "الحداد", "النجار"],
    "fr": listed("Lefèvre Beauséjour Garçon Noël Chênevert Bérubé Crépin Hébert"),
}
_PLACES: Final = {
    "en": listed("Northport Eastmere Stonebridge Fairhaven Greywater Longmoor Westbury Highcliff Oldmarket"),
    "uk": listed("Верхівці Зелений-Гай Криничне Мостище Ясенівка Підгір'я Берегове Сонячне Калинів"),
    "pl": listed("Łęgowo Świerkowo Żabi-Róg Gęsin Wólka Jeziorna Zdrój Brzeźno Mąkolin"),
    "zh": ["青石镇", "临江", "北桥", "云岭", "新港", "白水河", "东山"],
    "de": listed("Niederbrück Königsfurt Grünhöhe Altmühlen Süderau Weißensee"),
    "tr": listed("Gökçetepe Karşıyol Çamlıdere Güneşli Söğütpınar"),
    "ar": ["وادي الزيتون", "جبل النور", "رأس البحر", "عين الماء"],
    "fr": listed("Saint-Aubré Château-Vieux Près-la-Forêt Montéclair Rivière-Haute"),
}
_NOUNS: Final = {
    "en": listed(
        "harbour treaty border convoy budget patrol council ceasefire tariff summit envoy corridor fleet licence "
        "pipeline hostage railway election garrison subsidy ferry inspection embargo fishery bridge delegation"
    ),
    "uk": listed("договір кордон нарада постачання ультиматум перемовини ескадра кошторис міст вибори візит санкції"),
    "pl": listed("umowa granica szczyt dostawa cło rozejm most budżet wybory kolej żegluga łączność pełnomocnik"),
    "zh": ["协议", "边境", "会谈", "舰队", "预算", "停火", "关税", "选举", "铁路", "使团", "港口"],
    "de": listed("Vertrag Grenze Gipfel Lieferung Zölle Waffenruhe Brücke Wahl Flotte Gesandtschaft Fährlinie"),
    "tr": listed("anlaşma sınır görüşme bütçe köprü seçim donanma gümrük ateşkes elçilik"),
    "ar": ["اتفاق", "حدود", "قمة", "هدنة", "ميناء", "أسطول", "ميزانية", "وفد"],
    "fr": listed("traité frontière sommet livraison trêve dépêche marché élection délégation détroit"),
}
_VERBS: Final = {
    "en": listed("delays reopens crosses backs rejects funds visits closes guards disputes extends halts shares"),
    "uk": listed("відкладає підтримує відкидає перетинає відкриває стереже обговорює подовжує"),
    "pl": listed("odracza popiera odrzuca przekracza otwiera strzeże przedłuża kwestionuje"),
    "zh": ["推迟", "支持", "拒绝", "越过", "重开", "守卫", "延长"],
    "de": listed("verschiebt unterstützt verwirft überquert öffnet schützt verlängert"),
    "tr": listed("erteliyor destekliyor reddediyor geçiyor açıyor koruyor"),
    "ar": ["يؤجل", "يدعم", "يرفض", "يعبر", "يفتح", "يحرس"],
    "fr": listed("reporte soutient rejette traverse rouvre protège prolonge"),
}
_WHEN: Final = {
    "en": ["on the day after", "later that week", "before dawn", "in early spring", "on Tuesday", "soon"],
    "uk": ["наступного дня", "цього тижня", "перед світанком", "навесні", "у вівторок"],
    "pl": ["następnego dnia", "w tym tygodniu", "przed świtem", "wczesną wiosną", "we wtorek"],
    "zh": ["次日", "本周晚些时候", "黎明前", "初春", "星期二"],
    "de": ["am Tag darauf", "später in der Woche", "im frühen Frühling", "am Dienstag"],
    "tr": ["ertesi gün", "bu hafta", "şafaktan önce", "salı günü"],
    "ar": ["في اليوم التالي", "هذا الأسبوع", "قبل الفجر", "يوم الثلاثاء"],
    "fr": ["le lendemain", "cette semaine", "avant l'aube", "au début du printemps", "mardi"],
}
_SPACE: Final = {"zh": ""}
UNITS: Final = ("drone", "missile", "person", "vessel", "licence", "tonne", "vehicle", "proposal", "kilometre")
PERIODS: Final = ("hour", "day", "week", "month")


def pick(items: Sequence[str], random: Random) -> str:
    """Draw one of some words, all alike; quicker than `random.choice`."""
    return items[int(random.random() * len(items))]


def person(language: str, random: Random) -> str:
    """Make up somebody's name."""
    given, family = pick(_GIVEN[language], random), pick(_FAMILY[language], random)
    return family + given if language == "zh" else f"{given} {family}"


def place(language: str, random: Random) -> str:
    """Make up the name of a place."""
    return pick(_PLACES[language], random)


def noun(language: str, random: Random) -> str:
    """Draw a noun."""
    return pick(_NOUNS[language], random)


def phrase(language: str, random: Random) -> str:
    """Make up what might be the label of a situation."""
    words = [noun(language, random), pick(_VERBS[language], random), noun(language, random)]
    if random.random() < 0.5:
        words.append(place(language, random))
    return _SPACE.get(language, " ").join(words)


def when(language: str, random: Random) -> str:
    """Draw words that tell a time."""
    return pick(_WHEN[language], random)


def language(random: Random) -> str:
    """Draw a language."""
    return pick(LANGUAGES, random)
