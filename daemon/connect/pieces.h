/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pieces.h - looking into JSON that has passed the strict reader (dyo_json_check), without taking it apart: values are pieces of the
 * text. For answers of other systems, whose members are only known when they come. */
#ifndef DAEMON_CONNECT_PIECES_H
#define DAEMON_CONNECT_PIECES_H

#include "json/dyo_json.h"

dyo_piece piece_of(const char *text, size_t n); /* the whole value, without blanks around it */

/* Each element of an array, each member of an object; nothing where the piece is something else. False ends it. */
typedef bool (*piece_each)(void *user, dyo_piece value);
void piece_items(dyo_piece array, piece_each each, void *user);
void piece_members(dyo_piece object, dyo_member each, void *user);

/* The member of that name; where it is not there, or the piece is no object, the answer's s is NULL. Names are plain text. */
dyo_piece piece_member(dyo_piece object, const char *name);
/* The same along "a.b.c". */
dyo_piece piece_path(dyo_piece object, const char *path);

bool    piece_word(dyo_piece p, const char *word); /* true, false, null; false also where there is no piece */
bool    piece_none(dyo_piece p);                   /* there is none, or null */
char   *piece_string(dyo_piece p);                 /* of a string, malloc'ed; NULL: it is none, or memory ran out */
bool    piece_copy(dyo_piece p, char *out,
                   size_t room); /* of a string into out, "" and false where it is none or too long; takes no memory */
bool    piece_number(dyo_piece p, double *out); /* of a number, or of a string that is one */
int64_t piece_whole(dyo_piece p, int64_t otherwise);

#endif
