//! Two spellings of one statement are one memory; two statements are two, however alike they look.

use homer_tests::*;

/// What is the same, and why.
const SAME: &[(&str, &str, &str)] = &[
    ("Drinks it black.", "Drinks it black.", "the same bytes"),
    ("Drinks it black.", "DRINKS it Black", "case and final punctuation"),
    ("Drinks it black.", "  Drinks\tit \n black  ", "white space"),
    ("Drinks it black.", "Drinks\u{A0}it\u{3000}black", "no-break and ideographic space"),
    ("Drinks it black.", "Dr\u{200B}inks\u{FEFF} it bla\u{AD}ck\u{200E}", "zero width, soft hyphen, direction"),
    ("Drinks it black.", "Ｄｒｉｎｋｓ　ｉｔ　ｂｌａｃｋ．", "full width"),
    ("Drinks it black.", "𝐃𝐫𝐢𝐧𝐤𝐬 𝑖𝑡 𝕓𝕝𝕒𝕔𝕜", "mathematical letters"),
    ("Drinks it black.", "Drіnks іt blасk", "Cyrillic і, а, с among Latin letters"),
    ("Drinks it black.", "DRINΚS IT BLACΚ", "Greek capital kappa"),
    ("Nora lives in Oslo", "Νora lives in Οslo", "Greek capitals whose small letters look otherwise"),
    ("BETA", "ВЕТА", "a word all of Cyrillic capitals"),
    ("вета", "ВЕТА", "the case of a Cyrillic word"),
    ("Ο Νίκος πίνει καφέ", "ο νίκος πίνει καφέ!", "the case of Greek words"),
    ("ΝΙΚΟΣ", "νικος", "the final sigma"),
    ("Müller has a café", "Mu\u{308}ller has a cafe\u{301}", "combining marks"),
    ("Straße 5", "STRASSE 5", "sharp s"),
    ("STRAẞE 5", "straße 5", "capital sharp s"),
    ("İstanbul", "ISTANBUL", "the dot of a Turkish capital"),
    ("The oﬃce is closed", "The office is closed", "a ligature"),
    ("Version Ⅻ", "version XII", "a Roman numeral"),
    ("ｶﾞｲﾄﾞ", "ガイド", "half-width kana"),
    ("Doesn’t — “ever”", "Doesn't - \"ever\"", "the typographer's marks"),
    ("Is it late?!…", "Is it late", "a run of final punctuation"),
    ("毎朝コーヒーを飲む。", "毎朝コーヒーを飲む", "an ideographic full stop"),
    ("H₂O", "H2O", "a subscript after a letter"),
    ("Likes 👍\u{FE0F}", "Likes 👍", "a variation selector"),
    ("It costs 100.", "it costs 100!", "final punctuation after a number"),
    ("Leaves at 5 PM", "leaves at 5 pm", "the halves of a day"),
    ("Has 2 Cats, Jean-Luc's", "has 2 cats, jean-luc's", "words after a number, and names in parts"),
    ("Flat 3, since 2020–2024.", "FLAT 3, since 2020-2024", "the typographer's dash between numbers"),
];

/// What is different, and would be confused by one who normalises too much.
const DIFFERENT: &[(&str, &str, &str)] = &[
    ("Pays 10", "Pays 100", "a number and a longer one"),
    ("Pays 1.0", "Pays 10", "a point inside"),
    ("Pays 10", "Pays 1O", "a zero and a letter"),
    ("Pays 10² m", "Pays 102 m", "a power after a digit"),
    ("Takes 1½", "Takes 11/2", "a fraction after a digit"),
    ("Room 1", "Room l", "a one and an L"),
    ("Needs 5 µm", "Needs 5 mm", "micro and milli"),
    ("Needs 5 μ", "Needs 5 m", "mu alone"),
    ("Ann is here", "Anna is here", "two names"),
    ("Ann is here", "Ann is not here", "a negation"),
    ("Ann is here", "Annis here", "a missing space"),
    ("Ill", "lll", "capital I and small L"),
    ("resume", "résumé", "accents"),
    ("schon", "schön", "an umlaut"),
    ("кот", "ком", "two Cyrillic words"),
    ("нан", "һан", "two letters of one alphabet that share a look"),
    ("Rated A+", "Rated A-", "a sign at the end"),
    ("Rated A+", "Rated A", "a sign and none"),
    ("C#", "C", "a name that ends in a sign"),
    ("Owes 5%", "Owes 5", "a unit"),
    ("?", "!", "punctuation alone"),
    ("-5 degrees", "5 degrees", "a sign in front"),
    ("Likes 👍", "Likes 👎", "emoji"),
    ("ハ", "バ", "a voicing mark"),
    ("The PIN is aB12", "The PIN is AB12", "the case of a code"),
    ("Password: hunter2!", "Password: hunter2", "a sign at the end of a password"),
    ("Invited by sUmMeR", "Invited by summer", "the case of a code without digits"),
    ("Keeps it in /Users/ann", "Keeps it in /users/ann", "the case of a path"),
    ("Sends 10 mW", "Sends 10 MW", "milli and mega"),
    ("Sends 10 Mb", "Sends 10 MB", "bits and bytes"),
    ("Weighs 5 m", "Weighs 5 M", "a unit of one letter"),
    (ENGLAND, SCOTLAND, "flags that differ in tag characters"),
    (ENGLAND, "\u{1F3F4}", "a flag and a black one"),
    ("Supports ılık", "Supports ilik", "a dotless i"),
];

const ENGLAND: &str = "\u{1F3F4}\u{E0067}\u{E0062}\u{E0065}\u{E006E}\u{E0067}\u{E007F}";
const SCOTLAND: &str = "\u{1F3F4}\u{E0067}\u{E0062}\u{E0073}\u{E0063}\u{E0074}\u{E007F}";

fn outcomes(client: &mut Client, user: &str, one: &str, other: &str) -> [String; 2] {
    [one, other].map(|content| {
        let remember = "SELECT outcome FROM homer_remember($1, 'fact', 's', $2)";
        client.query_one(remember, &[&user, &content]).unwrap().get(0)
    })
}

#[test]
fn spellings_of_one_statement_are_one_memory() {
    let mut client = session();
    for (number, (one, other, why)) in SAME.iter().enumerate() {
        let user = format!("user {number}");
        assert_eq!(outcomes(&mut client, &user, one, other), ["added", "confirmed"], "{why}: {one} {other}");
        let mirrored = format!("mirrored {number}");
        assert_eq!(outcomes(&mut client, &mirrored, other, one), ["added", "confirmed"], "{why}: {other} {one}");
    }
}

/// A refusal stays wide: what was refused is refused in any case, also where letters would decide between two memories.
#[test]
fn a_refusal_goes_by_the_form_that_all_spellings_share() {
    let mut client = session_of_nobody();
    assert_eq!(outcomes(&mut client, "maria", "The PIN is aB12", "The PIN is AB12"), ["added", "added"]);
    assert_eq!(rows(&mut client, "SELECT homer_reject(1)"), ["t"]);
    assert_eq!(rows(&mut client, "SELECT id, is_active FROM homer_memories ORDER BY id"), ["1|f", "2|f"]);
    assert_eq!(outcomes(&mut client, "maria", "the pin is ab12", "The PIN is Ab12"), ["rejected", "rejected"]);
    assert_eq!(outcomes(&mut client, "maria", "The PIN is aB13", "the pin is ab14"), ["added", "added"]);
}

#[test]
fn different_statements_are_different_memories() {
    let mut client = session();
    for (number, (one, other, why)) in DIFFERENT.iter().enumerate() {
        let user = format!("user {number}");
        assert_eq!(outcomes(&mut client, &user, one, other), ["added", "added"], "{why}: {one} {other}");
    }
}

/// Where there is no content, the subject is what is said; and it is not the same as that content.
#[test]
fn a_memory_without_content_is_known_by_its_subject() {
    let mut client = session();
    let outcomes = rows(
        &mut client,
        "SELECT outcome FROM homer_remember('maria', 'fact', 'Likes tea', '');
         SELECT outcome FROM homer_remember('maria', 'fact', 'likes TEA!', ' ');
         SELECT outcome FROM homer_remember('maria', 'fact', 'Likes coffee', '');
         SELECT outcome FROM homer_remember('maria', 'fact', 's', 'Likes tea');
         SELECT outcome FROM homer_remember('maria', 'preference', 'another subject', 'Likes tea')",
    );
    assert_eq!(outcomes, ["added", "confirmed", "added", "added", "confirmed"]);
}

/// These are in indexes and in the refusals: what changes them breaks databases that are there.
#[test]
fn forms_and_numbers_stay_what_they_are() {
    let form = "SELECT homer.statement('s', E' Drinks\\u00A0it BLACK — no ﬁlter, 1½ Straße, Νοra!.. ')";
    assert_eq!(rows(&mut session(), form), ["drinks it black - no filter, 1 1⁄2 strasse, nora"]);
    let numbers =
        "SELECT homer.statement_key('maria', 'drinks it black'), homer.statement_key(NULL, 'drinks it black')";
    assert_eq!(rows(&mut session(), numbers), ["2294363047772962335|5372832096794846356"]);
}
