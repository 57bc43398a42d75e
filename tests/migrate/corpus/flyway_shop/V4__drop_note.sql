-- There is no undo of this one: the notes are gone.
ALTER TABLE ${schema}."order" DROP COLUMN note;
