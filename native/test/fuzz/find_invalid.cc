// find_invalid: the first ill-formed sequence of any bytes; ascii_prefix.
#include "fuzz.h"

void u8t_test::fuzz(Input& input) {
  const size_t shift = shift_of(input);
  const Bytes text = text_of(input);
  on_every_target([&](u8t::Target target) {
    return first_of({check_find_invalid(target, text, shift), check_ascii_prefix(target, text, shift)});
  });
}
