//! Writes one generated input into a folder: `inputs SHAPE FOLDER NUMBER…`, such as `inputs catalog FOLDER 1000 50 2`.
//!
//! It needs the standard library alone, so that a script builds it with `rustc -O` in a second.

mod json;
mod shapes;

use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let written = match arguments.as_slice() {
        [shape, folder, numbers @ ..] => numbers
            .iter()
            .map(|number| number.parse().map_err(|_| format!("expected a number, found {number}")))
            .collect::<Result<Vec<usize>, String>>()
            .and_then(|numbers| shapes::write(shape, &numbers, Path::new(folder))),
        _ => Err("expected SHAPE FOLDER NUMBER…".to_owned()),
    };
    match written {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("error: {message}\n\nshapes:");
            for (name, numbers, about) in shapes::SHAPES {
                eprintln!("  {name} {numbers}: {about}");
            }
            ExitCode::from(2)
        }
    }
}
