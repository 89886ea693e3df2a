// census: counts of any bytes, up to the first ill-formed sequence.
#include "fuzz.h"

void u8t_test::fuzz(Input& input) {
  const size_t shift = shift_of(input);
  const Bytes text = text_of(input);
  on_every_target([&](u8t::Target target) { return check_census(target, text, shift); });
}
