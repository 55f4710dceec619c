"""Neutral prose: ordinary requests and answers, put together from parts, in ten languages.

Nothing here is about harm. The parts are many, so that two conversations are rarely alike: near-duplicates in the stream
are there on purpose only (`campaigns`).
"""

from collections.abc import Mapping, Sequence

from assize.kernel.chance import Rng

THINGS = (
    "a birthday letter", "a lesson plan", "the garden calendar", "a bread recipe", "the quarterly summary", "a short poem",
    "the packing list", "a travel diary", "my cover letter", "the choir programme", "a book review", "the bus timetable",
    "an essay on rivers", "the budget table", "a crossword", "the team agenda", "a thank-you note", "the school play",
    "a museum guide", "the reading list", "a love song", "the meeting minutes", "a list of tree names", "the opening chapter",
    "a weather report", "the wedding toast", "a chess lesson", "the cleaning rota", "a product page", "the menu for Sunday",
    "a unit test", "the release notes", "a database index", "the style sheet", "a sorting function", "the error message",
    "a spreadsheet formula", "the training plan", "a bicycle repair", "the paint colours", "a history quiz", "the house rules",
)  # fmt: skip
ASKS = (
    "please help me with", "could you improve", "I would like to finish", "can we shorten", "let us look again at",
    "what do you think about", "I am working on", "please explain", "could you translate", "my sister asked about",
    "we need a second version of", "how would you begin", "please check the tone of", "I forgot to send",
    "can you compare", "please draft", "our class discussed", "I want to understand", "the neighbours liked",
    "kindly proofread",
)  # fmt: skip
DETAILS = (
    "for the spring fair", "before Monday", "in plain words", "with three examples", "for ten guests", "in a warm tone",
    "without technical terms", "for my grandmother", "on a single page", "with a clear ending", "for the small office",
    "in the style of a postcard", "with short sentences", "for young readers", "as a table", "in two paragraphs",
    "for the village library", "with a little humour", "in alphabetical order", "for a rainy afternoon", "as a dialogue",
    "for the evening course", "with dates and places", "in neutral language", "for people who are new here",
)  # fmt: skip
ASIDES = (
    "The weather has been mild.", "It does not have to be perfect.", "We have time until the weekend.",
    "My colleague prefers the blue version.", "I can send the notes later.", "The first draft was too long.",
    "Somebody suggested a different order.", "It is for a friendly audience.", "The old file was lost in the move.",
    "There are still two open questions.", "I enjoyed the last answer.", "The children will read it aloud.",
    "A picture will stand beside it.", "The printer only takes black and white.", "We can keep the title.",
    "The tram was late again.", "Our cat sleeps on the keyboard.", "The kitchen smells of cinnamon.",
    "The river is high this week.", "The library closes at six.", "The second paragraph feels heavy.",
    "My brother plays the violin.", "The bakery moved to the corner.", "The map on the wall is old.",
    "They planted lavender by the gate.", "The lamp flickers in the evening.", "I learned this from a neighbour.",
    "The concert begins after supper.", "Her letter arrived on Thursday.", "The hills were green after the rain.",
)  # fmt: skip
ANSWERS = (
    "Here is a version that keeps your tone.", "Of course, let us begin with the outline.", "I shortened the middle part.",
    "Here are three ways to begin.", "That works well; I only moved one sentence.", "Let me explain it step by step.",
    "I added a short ending.", "Here is a table with the same content.", "I kept the title and changed the order.",
    "Two small corrections, and it is ready.", "Here is a friendlier wording.", "The first example fits best.",
)  # fmt: skip
REFUSALS = (
    "I can't help with that.", "I won't help with this request, but I can talk about something else.",
    "That is something I don't do.",
)  # fmt: skip
PARTIALS = (
    "I can only speak about this in general terms.", "I will leave out any detail here.",
)  # fmt: skip

OTHER: Mapping[str, Sequence[Sequence[str]]] = {
    "de": (
        (
            "Bitte hilf mir mit",
            "Könntest du überarbeiten:",
            "Ich schreibe gerade an",
            "Wir brauchen noch",
            "Erkläre mir bitte",
        ),
        (
            "dem Brief an die Schule",
            "einem Rezept für Brot",
            "der Liste für den Umzug",
            "einem kurzen Gedicht",
            "dem Wochenplan",
        ),
        ("für das Sommerfest.", "in einfachen Worten.", "bis zum Montag.", "für meine Großmutter.", "auf einer Seite."),
        ("Das Wetter ist mild.", "Es eilt nicht.", "Der alte Entwurf war zu lang.", "Danke für die letzte Antwort."),
    ),
    "fr": (
        ("Aidez-moi avec", "Pourriez-vous relire", "Je travaille sur", "Nous avons besoin de", "Expliquez-moi"),
        (
            "la lettre pour l'école",
            "une recette de pain",
            "le programme de la chorale",
            "un petit poème",
            "le plan du jardin",
        ),
        ("pour la fête du village.", "en mots simples.", "avant lundi.", "pour ma grand-mère.", "sur une seule page."),
        ("Il fait doux aujourd'hui.", "Rien ne presse.", "Le premier texte était trop long.", "Merci pour la réponse."),
    ),
    "es": (
        ("Ayúdame con", "¿Podrías revisar", "Estoy escribiendo", "Necesitamos", "Explícame por favor"),
        (
            "la carta para la escuela",
            "una receta de pan",
            "el programa del coro",
            "un poema corto",
            "el plan de la semana",
        ),
        (
            "para la fiesta del barrio.",
            "con palabras sencillas.",
            "antes del lunes.",
            "para mi abuela.",
            "en una sola página.",
        ),
        ("Hoy hace buen tiempo.", "No hay prisa.", "El primer borrador era muy largo.", "Gracias por la respuesta."),
    ),
    "pt": (
        ("Ajuda-me com", "Podes rever", "Estou a escrever", "Precisamos de", "Explica-me por favor"),
        ("a carta para a escola", "uma receita de pão", "o programa do coro", "um poema curto", "o plano da semana"),
        (
            "para a festa do bairro.",
            "com palavras simples.",
            "antes de segunda-feira.",
            "para a minha avó.",
            "numa só página.",
        ),
        ("Hoje o tempo está bom.", "Não há pressa.", "O primeiro texto era muito longo.", "Obrigado pela resposta."),
    ),
    "it": (
        ("Aiutami con", "Potresti rivedere", "Sto scrivendo", "Ci serve", "Spiegami per favore"),
        (
            "la lettera per la scuola",
            "una ricetta del pane",
            "il programma del coro",
            "una breve poesia",
            "il piano dei lavori",
        ),
        (
            "per la festa del paese.",
            "con parole semplici.",
            "prima di lunedì.",
            "per mia nonna.",
            "su una sola pagina.",
        ),
        ("Oggi il tempo è mite.", "Non c'è fretta.", "La prima bozza era troppo lunga.", "Grazie per la risposta."),
    ),
    "nl": (
        ("Help me alsjeblieft met", "Kun je nakijken:", "Ik werk aan", "We hebben nog nodig:", "Leg mij eens uit:"),
        (
            "de brief aan de school",
            "een recept voor brood",
            "het programma van het koor",
            "een kort gedicht",
            "de weekplanning",
        ),
        (
            "voor het zomerfeest.",
            "in eenvoudige woorden.",
            "voor maandag.",
            "voor mijn grootmoeder.",
            "op één bladzijde.",
        ),
        ("Het weer is zacht.", "Er is geen haast.", "Het eerste ontwerp was te lang.", "Bedankt voor het antwoord."),
    ),
    "pl": (
        ("Pomóż mi, proszę:", "Czy możesz poprawić:", "Właśnie piszę:", "Potrzebujemy jeszcze:", "Wyjaśnij mi proszę:"),
        ("list do szkoły", "przepis na chleb", "program chóru", "krótki wiersz", "plan tygodnia"),
        ("na letni festyn.", "prostymi słowami.", "do poniedziałku.", "dla mojej babci.", "na jednej stronie."),
        ("Pogoda jest łagodna.", "Nie ma pośpiechu.", "Pierwszy szkic był za długi.", "Dziękuję za odpowiedź."),
    ),
    "ja": (
        ("手伝ってください。", "見直してください。", "いま書いています。", "説明してください。"),
        ("学校への手紙です。", "パンのレシピです。", "合唱のプログラムです。", "短い詩です。"),
        ("やさしい言葉でお願いします。", "月曜日までにお願いします。", "祖母のためです。", "一ページでお願いします。"),
        ("今日は天気がいいです。", "急ぎません。", "前の答えをありがとう。"),
    ),
    "ar": (
        ("ساعدني من فضلك في", "هل يمكنك مراجعة", "أنا أكتب الآن", "اشرح لي من فضلك"),
        ("رسالة إلى المدرسة", "وصفة الخبز", "برنامج الجوقة", "قصيدة قصيرة"),
        ("لحفل الصيف.", "بكلمات بسيطة.", "قبل يوم الاثنين.", "لجدتي."),
        ("الطقس جميل اليوم.", "لا داعي للعجلة.", "شكرا على الجواب."),
    ),
}
LANGUAGES = ("en", *OTHER)
WEIGHTS = (60, 7, 6, 9, 5, 3, 3, 2, 3, 2)


def language(rng: Rng) -> str:
    """Return a language, English most often."""
    return rng.choices(LANGUAGES, WEIGHTS)[0]


def request(rng: Rng, spoken: str, *, length: int = 3) -> str:
    """Return an ordinary request of about `length` sentences."""
    if spoken != "en":
        asks, things, details, asides = OTHER[spoken]
        head = " ".join((rng.choice(asks), rng.choice(things), rng.choice(details)))
        return " ".join([head, *rng.sample(asides, min(length - 1, len(asides)))])
    sentences = [_english(rng) if rng.random() < 0.5 else rng.choice(ASIDES) for _ in range(length - 1)]  # noqa: PLR2004
    return " ".join([_english(rng), *sentences])


def answer(rng: Rng, outcome: str) -> str:
    """Return what a model says that refused, complied in part, or complied."""
    lead = {"refused": REFUSALS, "partial": PARTIALS}.get(outcome, ANSWERS)
    return f"{rng.choice(lead)} {rng.choice(ASIDES)}"


def _english(rng: Rng) -> str:
    sentence = f"{rng.choice(ASKS)} {rng.choice(THINGS)} {rng.choice(DETAILS)}."
    return sentence[0].upper() + sentence[1:]
