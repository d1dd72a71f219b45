//! A question brings the right memory first in each of 33 languages: everyday statements, and questions about them in the
//! words of the language's own grammar, inflected otherwise, among statements that say something near.

use homer_tests::*;

const SENTENCES: &str = include_str!("fixtures/questions_in_languages.txt");
/// Notes of two or three words, which say little about what language they are in.
const NOTES: &str = include_str!("fixtures/notes_in_languages.txt");

/// What a person keeps in one language, and what that person asks, each with the place of the memory that answers.
struct Store<'a> {
    language: &'a str,
    memories: Vec<&'a str>,
    questions: Vec<(&'a str, usize)>,
}

fn stores(table: &'static str) -> Vec<Store<'static>> {
    table.split("\n\n").map(store).collect()
}

fn store(block: &'static str) -> Store<'static> {
    let mut lines = block.lines().filter(|line| !line.is_empty());
    let language = lines.next().and_then(|line| line.strip_prefix("# ")).expect("a block begins with its language");
    let (questions, memories): (Vec<_>, Vec<_>) = lines.partition(|line| line.starts_with("? "));
    let question = |line: &&'static str| {
        let (question, place) = line[2..].rsplit_once(" = ").expect("a question names its memory");
        (question, place.parse().expect("by its place"))
    };
    Store { language, questions: questions.iter().map(question).collect(), memories }
}

fn first(client: &mut Client, user: &str, question: &str) -> Option<String> {
    let found = client.query("SELECT content FROM homer_relevant_memories($1, 10, $2)", &[&user, &question]).unwrap();
    found.first().map(|row| row.get(0))
}

#[test]
fn the_right_memory_comes_first_in_every_language() {
    let stores = stores(SENTENCES);
    assert!(stores.len() >= 20);
    for store in &stores {
        assert!(store.questions.len() >= 5 && (2..=10).contains(&store.memories.len()), "{}", store.language);
    }
    assert_all_answered(&stores);
}

#[test]
fn the_right_note_comes_first_in_every_language() {
    assert_all_answered(&stores(NOTES));
}

/// A statement, and a question that has its word in another form: several in initials, an article behind the noun, a plural by
/// another rule than most; or a noun that only its accents tell from a function word.
const OTHER_FORMS: &[(&str, &str)] = &[
    ("Die Werkstatt hat Termine am Montag.", "Wann habe ich den Werkstatttermin?"),
    ("De tandarts zit op de Markt.", "Hoe laat is de tandartsafspraak?"),
    ("Kóstoló szombaton.", "Mikor van a borkóstolóm?"),
    ("Alergia: orzechy", "Czy mam jakąś alergię?"),
    ("Kirjoittaa romaania majakanvartijoista", "Mistä kertoo kirjoittamani romaani?"),
    ("او نامه را نوشت.", "چه کسی نامه‌ها می‌نویسد؟"),
    ("او یک کیف خرید.", "چه چیزی می‌خرد؟"),
    ("הוא דיבר עם יעל.", "עם מי דיברתי?"),
    ("لديه سيف قديم.", "أين السيوف؟"),
    ("رئيس القسم كمال.", "من هم الرؤساء؟"),
    ("هو مسئول عن البيت.", "من المسؤول؟"),
    ("সে একটি গাড়ি কিনেছে।", "আমি কী কিনলাম?"),
    ("Noaptea lucrează la spital.", "În ce nopți este liber?"),
    ("All PDFs are in Dropbox.", "Where is the PDF?"),
    ("The PDF is in Dropbox.", "Where are the PDFs?"),
    ("Mötet är på torsdag.", "När är mitt möte?"),
    ("Datorn är en Dell. Lösenordet är katt42.", "Vilken dator har jag?"),
    ("Datorn är en Dell. Lösenordet är katt42.", "Vad är mitt lösenord?"),
    ("Hotellet heter Solgården.", "Vilket hotell bor jag på?"),
    ("Nycklarna ligger i lådan.", "Var är min nyckel?"),
    ("Cyklen er blå.", "Hvilken farve har min cykel?"),
    ("Min cykel er blå.", "Hvor er cyklen?"),
    ("Nøklene ligger i skuffen.", "Hvor er min nøkkel?"),
    ("Syklene står i kjelleren.", "Hvor er sykkelen min?"),
    ("O hotel fica em Lisboa.", "Quais são os hotéis?"),
    ("As mensagens são do João.", "De quem é a mensagem?"),
    ("Os papéis estão na gaveta.", "Onde está o papel?"),
    ("Los lápices están en el cajón.", "¿Dónde está mi lápiz?"),
    ("Los peces comen a las ocho.", "¿Qué come el pez?"),
    ("Les jeux sont dans le placard.", "Où est le jeu ?"),
    ("Les travaux finissent vendredi.", "Quand finit le travail ?"),
    ("Le chiavi di casa sono dal vicino.", "Chi ha la chiave?"),
    ("La chiave è dal portiere.", "Dove sono le chiavi?"),
    ("Der Schlüssel ist beim Nachbarn.", "Wer ist mein Nachbar?"),
    ("Die Konten sind bei der Sparkasse.", "Wo ist mein Konto?"),
    ("Con chó tên là Vàng.", "Chó nhà mình tên gì?"),
    ("Cái ví ở trong tủ.", "Ví ở đâu?"),
    ("Prefiere el té sin azúcar.", "¿Le gusta el té?"),
    ("Elle préfère le thé vert.", "Aime-t-elle le thé ?"),
    ("Beve solo tè verde.", "Le piace il tè?"),
    ("Anna Szegeden él.", "Hol él Anna?"),
    ("Գիրքը սեղանի վրա է։", "Որտե՞ղ են իմ գրքերը:"),
    ("Եղբայրս Երևանում է։", "Ո՞վ է իմ եղբայրը:"),
    ("Asuu Turussa.", "Missä on Turku?"),
    ("Tunti on maanantaina.", "Milloin minun tunnit ovat?"),
    ("День рождения в мае.", "Сколько дней?"),
    ("Окно надо помыть.", "Сколько окон?"),
    ("Кіт спить на дивані.", "Де мої коти?"),
    ("Живе у Києві.", "Де Київ?"),
    ("Stůl je v kuchyni.", "Kde jsou moje stoly?"),
    ("Das Rad war teuer.", "Welches teure Rad?"),
    ("Museet öppnar klockan tio.", "När öppnar museum?"),
    ("Traduzco novelas.", "¿Qué novela voy a traducir?"),
    ("Sa soeur est actrice.", "Qui est acteur ?"),
    ("Não paguei a conta.", "Quando vou pagar?"),
    ("İsmi Ayşe.", "Benim isim ne?"),
    ("המשאית אדומה.", "איפה המשאיות?"),
    ("المفتاح في الدرج.", "أين المفاتيح؟"),
    ("டாக்டர் மரம் நட்டார்.", "எந்த மரங்கள்?"),
    ("Dia mengirim surat.", "Siapa yang kirim?"),
    ("Kass magab diivanil.", "Kus on minu kassid?"),
    ("Raamat on laual.", "Kus on minu raamatud?"),
    ("Ma olen arst.", "Kes on minu arsti nimi?"),
];

/// A statement, and a question that has its only word in a form which no rule gives.
const IRREGULAR_FORMS: &[(&str, &str)] = &[
    ("A mâncat o pizza.", "Ce mănâncă el?"),
    ("Kupił rower.", "Co on kupuje?"),
    ("Kontoret ligger i centrum.", "Vad ligger i centret?"),
    ("Hon bodde i Lund.", "Var bor hon nu?"),
    ("סבא קנה דירה.", "מה הוא קונה?"),
    ("Sie fuhr nach Köln.", "Wohin fährt sie?"),
    ("Er aß eine Pizza.", "Was hat er gegessen?"),
    ("Er trank Kaffee.", "Was trinkt er?"),
    ("Unsere Häuser stehen in Bonn.", "Wo ist unser Haus?"),
    ("Hij heeft twee steden bezocht.", "Welke stad?"),
    ("Zij kocht een fiets.", "Wat koopt zij?"),
    ("Hon skrev ett brev.", "Vad skriver hon?"),
    ("Böckerna ligger i hallen.", "Var är min bok?"),
    ("Børnene leger.", "Hvor er mit barn?"),
    ("Mændene kommer i morgen.", "Hvem er den mand?"),
    ("Hun skrev et brev.", "Hva skriver hun?"),
    ("Il a bu du vin.", "Que boit-il ?"),
    ("Elle a vendu sa voiture.", "Que va-t-elle vendre ?"),
    ("Puede dormir poco.", "¿Cuánto duerme?"),
    ("Tuvo un accidente.", "¿Qué puede tener?"),
    ("Gli uomini lavorano.", "Chi è quell'uomo?"),
    ("Ha scritto una lettera.", "Che cosa scrive?"),
    ("Ele trouxe flores.", "O que vai trazer?"),
    ("Дети играют.", "Где мой ребёнок?"),
    ("Он шёл домой.", "Куда он идёт?"),
    ("Діти граються.", "Де моя дитина?"),
    ("Ludzie przyszli.", "Kim jest ten człowiek?"),
    ("Děti si hrají.", "Kde je moje dítě?"),
    ("A lovak az istállóban vannak.", "Hol van a ló?"),
    ("Έφαγε μια πίτσα.", "Τι τρώει;"),
    ("الكتب على الطاولة.", "أين كتابي؟"),
    ("הבתים ליד הים.", "איפה הבית?"),
    ("Sie hat mir ein Buch versprochen.", "Wer verspricht das?"),
    ("Er hat sie gestern eingeladen.", "Wen will er einladen?"),
    ("Zij heeft brood meegenomen.", "Wat kan zij meenemen?"),
    ("Hon beskrev vägen.", "Vad beskriver hon?"),
    ("Il a prévenu sa mère.", "Qui va-t-il prévenir ?"),
    ("Devuelve los libros.", "¿Qué va a devolver?"),
    ("Ha ripreso il lavoro.", "Quando riprende?"),
    ("Join kahvia.", "Mitä haluan juoda?"),
    ("Avain on naapurilla.", "Missä avaimet ovat?"),
    ("Võti on laual.", "Kus on minu võtmed?"),
    ("Տունը Երևանում է։", "Որտեղ են տան բանալիները:"),
    ("Ele obteve o visto.", "Quem obtém o visto?"),
];

/// A question whose only word of a statement reads like a function word of another language, or like one without its accents.
const LIKE_FUNCTION_WORDS: &[(&str, &str)] = &[
    ("The dog eats twice a day.", "Where is my dog?"),
    ("The car needs new tyres.", "Where is my car?"),
    ("The cat sleeps on the sofa.", "Which cat?"),
    ("The bin is emptied on Monday.", "When is bin day?"),
    ("The bus leaves at nine.", "When is my bus?"),
    ("The sale ends in June.", "When is the sale?"),
    ("Lewy but jest za ciasny.", "Gdzie jest mój but?"),
    ("Mijn been doet pijn.", "Welk been?"),
    ("A fa az udvaron áll.", "Hol van a fa?"),
    ("Su faturası 200 lira.", "Su nerede?"),
    ("İş yerim Bursa'da.", "Benim iş nerede?"),
    ("Tai trái bị đau.", "Tai nào?"),
    ("Tôi bị đau.", "Đau ở đâu?"),
    ("O nó da gravata é difícil.", "Onde está o nó?"),
];

/// A function word still says nothing where something else speaks for its language.
#[test]
fn a_word_that_reads_like_a_function_word_of_another_language_is_found() {
    assert_each_found(LIKE_FUNCTION_WORDS);
    let mut client = session();
    for (user, statement, question) in [
        ("da", "Det er dog en god dag.", "Hvor er dog min hund?"),
        ("de", "Das war gut.", "Wo war das Haus?"),
        ("vi", "Nó ở tại đây.", "tai toi o dau vay"),
    ] {
        client.execute("SELECT homer_remember($1, 'fact', 'n', $2)", &[&user, &statement]).unwrap();
        assert_eq!(first(&mut client, user, question), None, "{question}");
    }
}

#[test]
fn a_word_in_another_form_or_told_by_its_accents_is_found() {
    assert_each_found(OTHER_FORMS);
}

#[test]
fn a_word_in_a_form_that_follows_no_rule_is_found() {
    assert_each_found(IRREGULAR_FORMS);
}

/// The words of asking, with what a person wants to be asked, told or reminded of: it answers no question but one about that.
const ASKED: [(&str, &str, &str, &str); 7] = [
    (
        "Remind me on Monday to tell the team.",
        "My sister works in Leeds.",
        "Can you remind me where my sister is?",
        "remind",
    ),
    (
        "Erinnere mich montags an das Team.",
        "Meine Schwester wohnt in Köln.",
        "Kannst du mich erinnern, wo meine Schwester ist?",
        "Woran sollst du mich erinnern?",
    ),
    ("Rappelle-lui le lundi.", "Sa sœur vit à Lyon.", "Peux-tu me rappeler où est sa sœur ?", "Que rappeler ?"),
    (
        "Recuerda los nombres mal.",
        "Su hermana vive en Vigo.",
        "¿Recuerda usted dónde está su hermana?",
        "¿Qué recuerda?",
    ),
    ("Напомнить в понедельник.", "Сестра живёт в Казани.", "Можешь напомнить, где сестра?", "Что напомнить?"),
    ("Hatırlat pazartesi.", "Ablam Bursa'da oturuyor.", "Bana hatırlat, ablam nerede?", "Ne hatırlat?"),
    ("ذكرني يوم الاثنين.", "أختي في القاهرة.", "ذكرني أين أختي؟", "ذكرني"),
];

#[test]
fn words_of_asking_count_little_beside_others_and_are_found_alone() {
    let mut client = session();
    for (place, (asking, answer, question, about_asking)) in ASKED.into_iter().enumerate() {
        let user = format!("user {place}");
        for memory in [answer, asking] {
            client.execute("SELECT homer_remember($1, 'fact', 'n', $2)", &[&user, &memory]).unwrap();
        }
        assert_eq!(first(&mut client, &user, question).as_deref(), Some(answer), "{question}");
        assert_eq!(first(&mut client, &user, about_asking).as_deref(), Some(asking), "{about_asking}");
    }
}

fn assert_each_found(table: &[(&str, &str)]) {
    let mut client = session();
    let mut missed = Vec::new();
    for (place, (statement, question)) in table.iter().enumerate() {
        let user = format!("user {place}");
        client.execute("SELECT homer_remember($1, 'fact', 'n', $2)", &[&user, statement]).unwrap();
        if first(&mut client, &user, question).as_deref() != Some(*statement) {
            missed.push(format!("{statement} {question}"));
        }
    }
    assert!(missed.is_empty(), "{missed:#?}");
}

fn assert_all_answered(stores: &[Store<'_>]) {
    let mut client = session();
    let mut missed = Vec::new();
    for store in stores {
        for memory in &store.memories {
            client.execute("SELECT homer_remember($1, 'fact', '', $2)", &[&store.language, memory]).unwrap();
        }
        for (question, place) in &store.questions {
            let found = first(&mut client, store.language, question);
            if found.as_deref() != Some(store.memories[place - 1]) {
                missed.push(format!("{}: {question} brings {found:?}", store.language));
            }
        }
    }
    assert!(missed.is_empty(), "{missed:#?}");
}

/// A user's own words only: what another language's store says answers nobody else.
#[test]
fn what_nobody_said_brings_nothing() {
    let mut client = session();
    for (user, memory, question, other) in [
        ("en", "The rent is due on Friday.", "Who is the landlord?", "When is the rent due?"),
        ("de", "Die Miete ist am Freitag fällig.", "Wer ist der Vermieter?", "Wann sind die Mieten fällig?"),
        ("fr", "Le loyer est dû vendredi.", "Qui est le propriétaire ?", "Quand est-ce que les loyers sont dus ?"),
        ("es", "El alquiler se paga el viernes.", "¿Quién es el dueño?", "¿Cuándo se pagan los alquileres?"),
        ("ru", "Квартплата до пятницы.", "Кто хозяин квартиры?", "Когда платить квартплату?"),
        ("tr", "Kira cuma günü ödenecek.", "Ev sahibi kim?", "Kiralar ne zaman ödenecek?"),
    ] {
        client.execute("SELECT homer_remember($1, 'fact', '', $2)", &[&user, &memory]).unwrap();
        assert_eq!(first(&mut client, user, question), None, "{question}");
        assert_eq!(first(&mut client, user, other).as_deref(), Some(memory), "{other}");
    }
}
