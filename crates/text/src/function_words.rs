//! The words of each language that say how others belong together (the, who, dans, wann), from data/function_words.txt.
//! They tell what language a text is in, and that a question is not about them.

use crate::word_lists::WordLists;

/// A line for each language: its code and its words, folded.
const LISTS: &str = include_str!("../../../data/function_words.txt");

/// Languages of function words, a bit each, in the order of the lines.
pub type Languages = u64;

/// A third of the slots is taken, so that a word that is in no list is known for it at the first or second one.
static TABLE: WordLists<{ 1 << 14 }> = WordLists::new(LISTS);

/// The languages that the word is a function word of.
pub fn languages_of(word: &str) -> Languages {
    TABLE.languages_of(word)
}

/// The function words of Vietnamese as they are written. Another word that folds to one of them is none: chó, a dog, and not cho;
/// tai, an ear, and not tại.
const WRITTEN_IN_VIETNAMESE: &str = " ai anh bao bạn bị cho các chỉ chị chúng có của cũng cùng em hay hoặc họ khi không là mà mình \
    một nào này ngoài nhiêu nhiều như nhưng những nó phải rất sao sẽ ta trên trong tên tôi tại từ tự thì thế và vì với đã đang đâu \
    đây đến đó được dưới gì giờ ở ";

/// Words that their accents, or that they have none, tell from a function word, of these languages or of any: tea in Spanish, French
/// and Italian; who lives, a half and a matter in Hungarian; beautiful in German; a key, hair, a bowl and what is naked in Danish, a
/// year, men and what one bears in Swedish; teeth in Polish; work and water in Turkish; a knot and wool in Portuguese.
const TOLD_BY_ACCENT: [(&str, Languages); 20] = [
    ("té", Languages::MAX),
    ("thé", Languages::MAX),
    ("tè", Languages::MAX),
    ("él", language("hu")),
    ("fél", language("hu")),
    ("ügy", language("hu")),
    ("schön", language("de")),
    ("nøgle", language("da")),
    ("nøgen", language("da")),
    ("skål", language("da")),
    ("hår", Languages::MAX),
    ("år", Languages::MAX),
    ("män", language("sv")),
    ("bära", language("sv")),
    ("zęby", language("pl")),
    ("zębów", language("pl")),
    ("iş", Languages::MAX),
    ("su", language("tr")),
    ("nó", language("pt") | language("en")),
    ("lã", language("pt")),
];

/// The languages that a word, written with these accents or with none, is no function word of, although it folds to one. Vietnamese
/// is one of them only where it is written with its accents.
pub fn languages_told_by_accents(written: &str, with_accents: bool) -> Languages {
    let told = TOLD_BY_ACCENT.iter().filter(|(word, _)| *word == written);
    let is_vietnamese = !with_accents || WRITTEN_IN_VIETNAMESE.split(' ').any(|function| function == written);
    told.fold(if is_vietnamese { 0 } else { language("vi") }, |languages, (_, language)| languages | language)
}

/// The words that ask, in the languages that share their letters with others. They say for themselves whose they are. Not among them
/// are those that mean something in English: come, care, cat, comment.
const ASKING: &str = " wann warum wieso weshalb wer wen wem wessen was wie wieviel welch welche welchen welchem \
    welcher welches wo womit wohin woher worin woran worauf wofur waar wanneer waarom welke welk wat hoe hoeveel var \
    vart nar varfor vem vad hur vilken vilket vilka hvor hvornar hvorfor hvem hvis hvad hva hvordan hvilken hvilket \
    hvilke ou quand qui que quoi quel quelle quels quelles combien pourquoi lequel laquelle donde cuando como cual \
    cuales quien quienes cuanto cuanta cuantos cuantas onde quando qual quais quem quanto quanta quantos quantas \
    porque quale quali chi cosa quanti quante perche unde cand cine ce cata cati cate on quan quant com quals gdzie \
    kiedy jak jaki jaka jakie jakim kto kogo komu co czego czemu czym ile dlaczego czy ktory ktora ktore ktorym kde \
    kam kdy jaky jake ktera ktere kdo koho kym ceho cemu cim kolik proc kedy kolko preco aky aka ake hol hova honnan \
    mikor ki kit kinek mi mit mivel mennyi hany milyen melyik miert hogyan hogy missa mista mihin milloin koska \
    miksi miten kuka keta kenen kenelle mika mita minka paljonko millainen montako kuinka kus kuhu kust millal miks \
    kuidas kes keda kelle mis mida palju milline kur kada kaip kodel kas ka kiek koks kokia kuris nerede nereye \
    nereden nere ne neyi neden nicin niye nasil kimin kime kimi hangi hangisi kac kacta siapa apa kapan dimana \
    bagaimana mengapa kenapa berapa apakah gi nao dau sao ai gde gdje kad kako koji koja koje ko tko sta sto zasto \
    koliko где когда куда откуда как какая какое какие кто кого кому кем что чего чему сколько почему зачем чья де \
    коли куди звідки як яка яке які хто ким чим що чого скільки навіщо чому чии чия къде кога какъв каква какво \
    какви кои коя кое защо колко اين متي كيف ماذا من ما هل كم لماذا اي كجا كجاست كي چه چي چيست چطور چگونه چرا چند \
    چقدر كدام ايا كهاں كب كيسي كيا كون كس كتنا كيوں ";

/// Whether the word asks, in one of the languages that it is a function word of.
pub fn asks(word: &str) -> bool {
    ASKING.split(' ').any(|asking| asking == word)
}

/// The bit of a language.
pub const fn language(code: &str) -> Languages {
    language_at(code.as_bytes(), 0)
}

/// The bit of the language whose code stands at a place of a text.
pub const fn language_at(text: &[u8], at: usize) -> Languages {
    let mut line = 0;
    while line < CODES.len() {
        if CODES[line][0] == text[at] && CODES[line][1] == text[at + 1] {
            return 1 << line;
        }
        line += 1;
    }
    panic!("a language without a list")
}

/// The codes of the languages in the order of the lines, read once: the compiler asks for a language's bit a hundred times.
const CODES: [[u8; 2]; 64] = {
    let text = LISTS.as_bytes();
    let mut codes = [[0; 2]; 64];
    let mut line = 0;
    let mut at = 0;
    let mut begins = true;
    while at < text.len() {
        if begins {
            codes[line] = [text[at], text[at + 1]];
            line += 1;
        }
        begins = text[at] == b'\n';
        at += 1;
    }
    codes
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::folding::Folded;

    #[test]
    fn every_word_is_found_as_of_its_languages_and_no_other() {
        let mut folded = Folded::default();
        for line in LISTS.lines() {
            let (code, words) = line.split_once(' ').unwrap();
            for word in words.split(' ') {
                assert_ne!(languages_of(word) & language(code), 0, "{word} of {code}");
                folded.fold(word);
                assert_eq!(folded.text, word, "{word} of {code} is folded");
            }
        }
        assert!(ASKING.split_whitespace().all(|word| languages_of(word) != 0));
        assert!(asks("wann") && !asks("the") && !asks("zebra"));
        assert_eq!(languages_of("the"), language("en"));
        assert_eq!(languages_of("die"), language("de") | language("nl"));
        assert!(["", "zebra", "thee", "th e", "xyzzy"].iter().all(|word| languages_of(word) == 0));
    }
}
