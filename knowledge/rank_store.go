package knowledge

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"slices"
)

// rankFile holds, inside an index folder, the ranker's arrays: little-endian, each slice after its length, and
// a CRC-32 of it all at the end.
const rankFile = "rank.bin"

// fields lists what a saved ranker is made of, in order. Every element is a slice of fixed-size numbers, or one number.
func (r *ranker) fields() []any {
	s := &r.space
	return []any{
		&r.df, &r.charDF, &r.tri,
		&r.text.off, &r.text.at, &r.textTF, &r.letters.off, &r.letters.at, &r.letterTF, &r.length, &r.avgLen,
		&r.law, &r.section, &r.firstOf, &r.title.off, &r.title.at, &r.heading.off, &r.heading.at,
		&r.cites.off, &r.cites.at, &r.citedBy.off, &r.citedBy.at, &r.lawCited, &r.kind,
		&s.dim, &s.row, &s.terms, &s.scale, &s.arts,
	}
}

// save writes the ranker to a file.
func (r *ranker) save(path string) (err error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	buf := bufio.NewWriterSize(f, 1<<16)
	sum := crc32.NewIEEE()
	w := io.MultiWriter(buf, sum)
	keys, chars := make([]uint64, len(r.terms)), make([]int32, len(r.chars))
	for k, i := range r.terms {
		keys[i] = k
	}
	for c, i := range r.chars {
		chars[i] = c
	}
	for _, v := range append([]any{&keys, &chars}, r.fields()...) {
		if err := writeField(w, v); err != nil {
			return fmt.Errorf("write ranking data: %w", err)
		}
	}
	if err := binary.Write(buf, binary.LittleEndian, sum.Sum32()); err != nil {
		return err
	}
	if err := buf.Flush(); err != nil {
		return err
	}
	return f.Sync()
}

// loadRanker reads a ranker of n articles.
func loadRanker(path string, n int) (*ranker, error) {
	body, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	if len(body) < 4 || crc32.ChecksumIEEE(body[:len(body)-4]) != binary.LittleEndian.Uint32(body[len(body)-4:]) {
		return nil, errors.New("the ranking data are damaged")
	}
	r := &ranker{}
	var keys []uint64
	var chars []int32
	rest := body[:len(body)-4]
	for _, v := range append([]any{&keys, &chars}, r.fields()...) {
		if rest, err = readField(rest, v); err != nil {
			return nil, err
		}
	}
	if len(r.length) != n || len(rest) != 0 {
		return nil, fmt.Errorf("the ranking data are of %d articles, the documents have %d", len(r.length), n)
	}
	r.terms = make(map[uint64]uint32, len(keys))
	for i, k := range keys {
		r.terms[k] = uint32(i)
	}
	r.chars = make(map[rune]uint16, len(chars))
	for i, c := range chars {
		r.chars[c] = uint16(i)
	}
	return r, nil
}

func writeField(w io.Writer, v any) error {
	switch v := v.(type) {
	case *float64:
		return binary.Write(w, binary.LittleEndian, *v)
	case *int:
		return binary.Write(w, binary.LittleEndian, int64(*v))
	case *sketch:
		return writeField(w, (*[]uint16)(v))
	case *[]uint8:
		return writeSlice(w, *v)
	case *[]int8:
		return writeSlice(w, *v)
	case *[]uint16:
		return writeSlice(w, *v)
	case *[]uint32:
		return writeSlice(w, *v)
	case *[]int32:
		return writeSlice(w, *v)
	case *[]uint64:
		return writeSlice(w, *v)
	case *[]float32:
		return writeSlice(w, *v)
	}
	return fmt.Errorf("ranking data of unknown type %T", v)
}

func writeSlice[T any](w io.Writer, v []T) error {
	if err := binary.Write(w, binary.LittleEndian, int64(len(v))); err != nil {
		return err
	}
	for part := range slices.Chunk(v, 1<<16) { // in parts: binary.Write copies what it is given
		if err := binary.Write(w, binary.LittleEndian, part); err != nil {
			return err
		}
	}
	return nil
}

func readField(b []byte, v any) ([]byte, error) {
	switch v := v.(type) {
	case *float64:
		return readNumber(b, v)
	case *int:
		var n int64
		b, err := readNumber(b, &n)
		*v = int(n)
		return b, err
	case *sketch:
		return readField(b, (*[]uint16)(v))
	case *[]uint8:
		return readSlice(b, v)
	case *[]int8:
		return readSlice(b, v)
	case *[]uint16:
		return readSlice(b, v)
	case *[]uint32:
		return readSlice(b, v)
	case *[]int32:
		return readSlice(b, v)
	case *[]uint64:
		return readSlice(b, v)
	case *[]float32:
		return readSlice(b, v)
	}
	return nil, fmt.Errorf("ranking data of unknown type %T", v)
}

func readNumber(b []byte, v any) ([]byte, error) {
	n, err := binary.Decode(b, binary.LittleEndian, v)
	return b[n:], err
}

func readSlice[T any](b []byte, v *[]T) ([]byte, error) {
	var n int64
	b, err := readNumber(b, &n)
	if err != nil {
		return nil, err
	}
	var one T
	size := int64(binary.Size(one))
	if n < 0 || n > int64(len(b))/size {
		return nil, errors.New("the ranking data are cut short")
	}
	*v = make([]T, n)
	_, err = binary.Decode(b[:n*size], binary.LittleEndian, *v) // exactly its own bytes: with more, Decode panics on []int8
	return b[n*size:], err
}
