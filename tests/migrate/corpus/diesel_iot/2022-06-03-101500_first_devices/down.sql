DELETE FROM devices WHERE id <= 30;
