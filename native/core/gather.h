// Rows of a table, one for each id: what an embedding layer does first.
#pragma once

#include <cstddef>
#include <cstdint>

namespace u8t {

// Row i of `output` becomes row ids[i] of `table`; rows have `row_size` bytes, and the table has 256 of them. Each id is read
// once. Where `output` overlaps what is read it gets any bytes.
void gather(const uint8_t* table, size_t row_size, const uint8_t* ids, size_t count, uint8_t* output);

}  // namespace u8t
