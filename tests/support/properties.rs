//! How properties are tried.

use proptest::test_runner::{Config, RngSeed};

/// So many cases from a fixed seed: a run speaks of the change and not of luck. `PROPTEST_RNG_SEED` and
/// `PROPTEST_CASES` look further.
pub(crate) fn cases(number: u32) -> Config {
    let asked = Config::default();
    Config {
        cases: if std::env::var_os("PROPTEST_CASES").is_some() { asked.cases } else { number },
        rng_seed: match asked.rng_seed {
            RngSeed::Random => RngSeed::Fixed(1),
            fixed @ RngSeed::Fixed(_) => fixed,
        },
        max_shrink_iters: 2_000,
        ..asked
    }
}
