// Rows of a table, in memory that ends where the arrays do, so that sanitizers see a step too far.
#include <cstring>

#include "gather.h"
#include "test.h"

namespace u8t_test {

void test_gather(u8t::Target target) {
  set_dice(70);
  // Around the pieces in which long rows are copied.
  for (const size_t row_size : {size_t{1}, size_t{4}, size_t{12}, size_t{1020}, size_t{1024}, size_t{1028}, size_t{2048},
                                size_t{3076}}) {
    Bytes table(256 * row_size);
    for (uint8_t& byte : table) byte = static_cast<uint8_t>(next_random());
    for (size_t count = 0; count < 40; count++) {
      Bytes ids(count);
      for (uint8_t& id : ids) id = static_cast<uint8_t>(below(3) == 0 ? 255 : next_random());
      Bytes output(count * row_size);
      u8t::gather(table.data(), row_size, ids.data(), count, output.data());
      for (size_t i = 0; i < count; i++) {
        const bool same = memcmp(output.data() + i * row_size, table.data() + ids[i] * row_size, row_size) == 0;
        expect({same ? nullptr : "gather", i}, target, ids);
      }
    }
  }
}

}  // namespace u8t_test
