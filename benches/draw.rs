//! Draws docs/ranking.svg from target/bench/ranking.tsv, which the benchmark of ranking leaves there: microseconds a call
//! against memories of the user, both axes logarithmic.

use std::fmt::Write as _;

use homer_tests::clone;

const LEFT: f64 = 70.0;
const TOP: f64 = 20.0;
const WIDTH: f64 = 560.0;
const HEIGHT: f64 = 300.0;
/// Decades: 100 to 1,000,000 memories, 100 us to 1 s.
const MEMORIES: (f64, f64) = (2.0, 6.0);
const MICROSECONDS: (f64, f64) = (2.0, 6.0);

fn main() {
    let source = clone().join("target/bench/ranking.tsv");
    let Ok(figures) = std::fs::read_to_string(&source) else {
        println!("no picture: {} is not there", source.display());
        return;
    };
    let rows: Vec<Vec<f64>> =
        figures.lines().map(|line| line.split('\t').map(|figure| figure.parse().unwrap()).collect()).collect();
    let mut svg = String::from(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 720 380\" font-family=\"sans-serif\" font-size=\"13\">\n\
         <rect width=\"720\" height=\"380\" fill=\"white\"/>\n",
    );
    grid(&mut svg);
    curve(&mut svg, &rows, 1, "#1f6feb", "homer");
    curve(&mut svg, &rows, 2, "#b35900", "the formula");
    svg += "</svg>\n";
    std::fs::write(clone().join("docs/ranking.svg"), svg).unwrap();
    println!("docs/ranking.svg is drawn from these figures");
}

fn x(memories: f64) -> f64 {
    LEFT + (memories.log10() - MEMORIES.0) / (MEMORIES.1 - MEMORIES.0) * WIDTH
}

fn y(microseconds: f64) -> f64 {
    TOP + HEIGHT - (microseconds.log10() - MICROSECONDS.0) / (MICROSECONDS.1 - MICROSECONDS.0) * HEIGHT
}

fn grid(svg: &mut String) {
    for (microseconds, label) in [(1e2, "0.1 ms"), (1e3, "1 ms"), (1e4, "10 ms"), (1e5, "100 ms"), (1e6, "1 s")] {
        let y = y(microseconds);
        line(svg, LEFT, y, LEFT + WIDTH, y);
        text(svg, LEFT - 8.0, y + 4.0, "end", "#444", label);
    }
    for (memories, label) in [(1e2, "100"), (1e3, "1,000"), (1e4, "10,000"), (1e5, "100,000"), (1e6, "1,000,000")] {
        let x = x(memories);
        line(svg, x, TOP, x, TOP + HEIGHT);
        text(svg, x, TOP + HEIGHT + 20.0, "middle", "#444", label);
    }
    text(svg, LEFT + WIDTH / 2.0, TOP + HEIGHT + 44.0, "middle", "#444", "memories of the user");
}

fn curve(svg: &mut String, rows: &[Vec<f64>], column: usize, colour: &str, label: &str) {
    let points: Vec<String> = rows.iter().map(|row| format!("{:.1},{:.1}", x(row[0]), y(row[column]))).collect();
    writeln!(svg, "<polyline points=\"{}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2.5\"/>", points.join(" "))
        .unwrap();
    let Some(last) = rows.last() else { return };
    text(svg, x(last[0]) + 8.0, y(last[column]) + 4.0, "start", colour, label);
}

fn line(svg: &mut String, x1: f64, y1: f64, x2: f64, y2: f64) {
    writeln!(svg, "<line x1=\"{x1:.1}\" y1=\"{y1:.1}\" x2=\"{x2:.1}\" y2=\"{y2:.1}\" stroke=\"#ddd\"/>").unwrap();
}

fn text(svg: &mut String, x: f64, y: f64, anchor: &str, colour: &str, words: &str) {
    writeln!(svg, "<text x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\" fill=\"{colour}\">{words}</text>").unwrap();
}
